/** Turns what the engine tells into measurements, and gives them to each sink on a thread of its own. */
@NullMarked
package io.goose.engine.metric;

import org.jspecify.annotations.NullMarked;
