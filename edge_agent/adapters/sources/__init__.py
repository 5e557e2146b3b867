"""Where frames come from: recordings, USB, network and ribbon-cable cameras, pipelines."""
