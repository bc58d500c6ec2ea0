"""Tasks made of published libraries by planting faults: see `benchmarks.bugs`."""
