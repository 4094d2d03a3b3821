"""Frames with time: reading and writing video files, cameras, camera motion, and drawing on frames.

Nothing is imported here, so that asking for the facts of a file does not load OpenCV. Import from the modules:

=================  ====================================================================
``probe``          `probe_clip`: facts of a file without decoding it
``reader``         `VideoReader`, `read_frames_at`: upright frames with real times
``camera``         `open_camera`: webcams, network cameras, files that play as a camera
``motion``         `CameraMotionDetector`: was the phone on a stand?
``writer``         `VideoWriter`: H.264 files that phones and browsers play
``overlay``        `render_overlay`, `write_overlay_video`: results drawn over the clip
=================  ====================================================================
"""
