"""Tests in a real browser, which lives as long as they come one after another."""
