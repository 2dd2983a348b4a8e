"""The graph browser's page: what is on the canvas, and each thing that can be done there, is in the address."""
