"""Running: the set-up looked at first, every case sent once and judged, a second look at findings."""
