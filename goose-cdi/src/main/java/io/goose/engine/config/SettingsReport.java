package io.goose.engine.config;

import io.goose.GooseConfigurationException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading the configuration.
 *
 * @param settings null if there are problems
 * @param brokerNames the names in {@code goose.brokers}, as far as they could be read
 * @param problems each with its code, key, value and mend
 * @param warnings what looks wrong and does not stop anything
 */
public record SettingsReport(
        @Nullable GooseSettings settings, Set<String> brokerNames, List<String> problems, List<String> warnings) {

    public SettingsReport {
        brokerNames = Set.copyOf(brokerNames);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /**
     * The settings.
     *
     * @throws GooseConfigurationException with all problems, if there are any
     */
    public GooseSettings orThrow() {
        if (settings == null) {
            throw new GooseConfigurationException(problems);
        }
        return settings;
    }
}
