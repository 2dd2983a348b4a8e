"""The questions of the API: one table, the parameters they take, how answers are printed and described."""
