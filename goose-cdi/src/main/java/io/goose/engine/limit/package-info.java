/** Limits: what annotations and the configuration declare, how it gets into a broker, and what operators change. */
@NullMarked
package io.goose.engine.limit;

import org.jspecify.annotations.NullMarked;
