"""What was tried and what came of it: outcomes as rows, compared, graded, pooled and set against each other."""
