"""How a drug acts: signed causal paths, joint causes, gaps, and the small graph that draws them."""
