"""What is done for a request, in a process that may be lost over it: one function a route, by the route's name.

Each takes a request, checked, and the server's root, and gives an answer. All of it is the API's work; here paths
become absolute ones and back, and positions of cells become ids.
"""
