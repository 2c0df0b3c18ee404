package io.goose.it.xa;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Puts the resources under {@code /api}. */
@ApplicationPath("/api")
public class XaApplication extends Application {}
