"""rows and blobs."""
