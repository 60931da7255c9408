"""Benchmarks that compare side by side in one run and print ratios; machines are noisy, seconds are not compared."""
