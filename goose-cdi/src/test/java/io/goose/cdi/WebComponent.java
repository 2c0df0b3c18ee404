package io.goose.cdi;

/** A component of a web module, without a dependency, so that a class loader of its own can have it. */
class WebComponent {}
