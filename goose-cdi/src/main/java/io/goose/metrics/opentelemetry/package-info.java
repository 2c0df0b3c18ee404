/** What Goose measures, for OpenTelemetry. Its classes are loaded only where that API is there. */
@NullMarked
package io.goose.metrics.opentelemetry;

import org.jspecify.annotations.NullMarked;
