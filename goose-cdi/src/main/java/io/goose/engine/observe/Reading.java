package io.goose.engine.observe;

import io.goose.spi.Metric;
import java.util.Map;

/**
 * A value at one moment.
 *
 * @param metric a gauge
 * @param tags what it is the value of
 * @param value NaN if it is not known any more
 */
public record Reading(Metric metric, Map<String, String> tags, double value) {
    public Reading {
        tags = Map.copyOf(tags);
    }
}
