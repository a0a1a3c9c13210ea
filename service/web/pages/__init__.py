"""HTML for people: the review desk, the organization's pages, the learner's page. On the same actions as the API.

Each page works as plain links and forms; with JavaScript the same links and forms are followed without a reload.
"""
