"""What requests and answers look like, a file a subject. Every field is described, for the OpenAPI document."""
