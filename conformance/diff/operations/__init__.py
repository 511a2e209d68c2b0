"""Documents compared beyond their schemas: operations matched, then each part of a pair by its own module."""
