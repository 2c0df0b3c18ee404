/** Which jobs this application can run: their names, parameters, settings and how to invoke them. */
@NullMarked
package io.goose.engine.handler;

import org.jspecify.annotations.NullMarked;
