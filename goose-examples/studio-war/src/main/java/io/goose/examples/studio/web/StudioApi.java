package io.goose.examples.studio.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The REST interface, under {@code /api}. */
@ApplicationPath("api")
public class StudioApi extends Application {}
