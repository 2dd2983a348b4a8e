"""The pages: each shows the answer that the API gives to the same question, complete without scripts."""
