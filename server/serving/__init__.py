"""Running the application: waitress or granian, new generations, the end without a dropped request."""
