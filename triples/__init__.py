"""The curated facts of each source document, and compiling them into RDF the same way every time."""
