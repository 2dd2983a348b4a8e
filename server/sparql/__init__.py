"""The SPARQL service: protocol, graph store, what the endpoint says of itself."""
