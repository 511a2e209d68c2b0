"""Schema Objects: made self-contained, walked, merged into shapes, and validated against."""
