"""What the service promises about whom it tells what: tried at random, at length by `make trust`, and counted."""
