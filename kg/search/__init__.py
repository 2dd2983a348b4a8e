"""Finding things by their names, facts by their words, and questions by what a text seems to ask."""
