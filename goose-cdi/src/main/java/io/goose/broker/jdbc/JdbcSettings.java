package io.goose.broker.jdbc;

import io.goose.spi.BrokerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the tables are; checked values.
 *
 * @param datasource the JNDI name of the data source; empty where one is given
 * @param listenDatasource the JNDI name of the one whose connections may be kept for notices; empty for the same
 * @param dbSchema the database schema of the tables; empty for the connections' own
 * @param tablePrefix what each table's name begins with
 */
record JdbcSettings(
        String datasource, String listenDatasource, String dbSchema, String tablePrefix, SchemaMode schemaMode) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,39}");

    /** What is done about the tables before the first use. */
    enum SchemaMode {
        /** Makes what is missing. */
        CREATE,
        /** Refuses the database if anything is missing. */
        VALIDATE,
        /** Nothing. */
        NONE
    }

    /**
     * Reads and checks.
     *
     * @param given whether the data source is given, so that no name is needed and tables are made by default
     * @param problems gets what is wrong
     */
    static JdbcSettings read(BrokerSettings source, boolean given, List<String> problems) {
        String datasource = source.get("datasource").orElse("");
        if (datasource.isEmpty() && !given) {
            problems.add("GOOSE-3045: broker '" + source.name() + "' says nowhere where its database is; set "
                    + source.keyName("datasource")
                    + " to the JNDI name of a data source, such as java:comp/DefaultDataSource, or in Java SE give one:"
                    + " Goose.builder().brokerFactory(JdbcBrokerFactory.of(dataSource))");
        }
        if (!datasource.isEmpty() && given) {
            problems.add("GOOSE-3045: " + source.keyName("datasource") + "='" + datasource
                    + "' is set and a data source is given too; remove the key");
        }
        return new JdbcSettings(
                given ? "" : datasource,
                source.get("listen-datasource").orElse(""),
                name(source, "db-schema", "", problems),
                name(source, "table-prefix", "goose_", problems),
                mode(source, given, problems));
    }

    /** What is wrong; empty if nothing is. */
    static List<String> problems(BrokerSettings source, boolean given) {
        List<String> problems = new ArrayList<>();
        read(source, given, problems);
        return problems;
    }

    private static String name(BrokerSettings source, String key, String standard, List<String> problems) {
        Optional<String> text = source.get(key);
        if (text.isPresent() && !NAME.matcher(text.get()).matches()) {
            problems.add("GOOSE-3048: " + source.keyName(key) + "='" + text.get()
                    + "' cannot be used; write 1 to 40 of A-Z a-z 0-9 _ beginning with no digit");
            return standard;
        }
        return text.orElse(standard);
    }

    private static SchemaMode mode(BrokerSettings source, boolean given, List<String> problems) {
        String text = source.get("schema").orElse(given ? "create" : "validate").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "create" -> SchemaMode.CREATE;
            case "validate" -> SchemaMode.VALIDATE;
            case "none" -> SchemaMode.NONE;
            default -> {
                problems.add("GOOSE-3047: " + source.keyName("schema") + "='" + text
                        + "' cannot be used; set it to create, validate or none");
                yield SchemaMode.VALIDATE;
            }
        };
    }
}
