"""Draw the figures of all topics: the forms of a chart, and what they share.

The forms are `rows` (markers on a scale), `stacked` (bars), `heat`, `timeline`, `map`, `gallery`
and `numbers`. `figure` makes a figure of a form; `canvas`, `style`, `marks` and `labels` draw its
parts.
"""
