"""Goals of the organization, and the work that shows progress on them."""
