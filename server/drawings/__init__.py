"""Pictures as plain figures that templates write as SVG: layered graphs, rates, patient histories."""
