"""Through the front door: real processes, HTTP, real files and servers, killed on the way and started again."""
