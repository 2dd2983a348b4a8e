"""The built graph as files for others: tables (Parquet), RDF, and its statements in the words of Biolink (KGX)."""
