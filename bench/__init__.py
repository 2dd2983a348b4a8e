"""Speed against peers, all in one process and one run; see README.md."""
