"""What is watched, and from which value on somebody is told: pure data, a module for each kind of component.

Whoever declares a queue, a service or a database gets the monitors of its kind with it (`stacks/layers/monitors.py`).
Each is a section of `docs/monitors.md`, which says what to look at first.
"""
