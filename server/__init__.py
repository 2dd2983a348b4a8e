"""The front door: HTTP, pages and the command line over ``kg``. Only ``server.cli`` knows how graphs are built."""
