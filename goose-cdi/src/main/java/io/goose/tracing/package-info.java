/** Traces that go on from the caller into its jobs, with OpenTelemetry. Its classes are loaded only where that API is there. */
@NullMarked
package io.goose.tracing;

import org.jspecify.annotations.NullMarked;
