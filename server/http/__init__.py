"""What every answer over HTTP goes by, whoever makes it: negotiation, headers, failures, limits, counters."""
