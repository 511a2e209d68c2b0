"""The pytest suite: requirements as test items, decided by one run in a process of its own."""
