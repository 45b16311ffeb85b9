"""Runs a project's tests in one process and the answer that they test in another."""
