"""The search behind `graphs.snap`: a grid over road segments, road names, and the weighing of rivals."""
