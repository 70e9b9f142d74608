"""The monthly bulletin of patents."""
