"""The organization's own documents: their versions, and the library in which people read and keep them."""
