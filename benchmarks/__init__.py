"""Quality and speed against baselines, in the format of docs/how-to/evaluate.md. Runs the pipelines, not the service.

Every benchmark takes a folder, says what it does while it runs, and prints one JSON object as its last line.
"""
