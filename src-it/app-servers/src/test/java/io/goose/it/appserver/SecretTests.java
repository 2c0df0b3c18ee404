package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What no log of the server has, whatever happened before. */
interface SecretTests extends Topic {

    /** The password of the broker. */
    String PASSWORD = "plantedpassword7351";

    /** Another, which it does not take. */
    String WRONG = "plantedmistake7351";

    /** How long a message and the first line of its throwable are at most. */
    int ONE_MESSAGE = 1_000;

    /** What arguments begin with. */
    List<String> ARGUMENTS = List.of("planted-argument-", "planted-card-");

    @Test
    @Order(Integer.MAX_VALUE)
    default void noLog_hasASecretOrAnArgument_afterFailures_deaths_outages_andAWrongPassword() throws IOException {
        String failed = harness().post("/probe/api/watched/first/" + harness().key());
        String died = harness().post("/probe/api/watched/dies/" + harness().key());
        harness().records().await("error/" + failed);
        harness().records().await("death/" + died);
        String address = harness().broker().url().toString().replace(PASSWORD, WRONG);
        long before = harness().server().log().length();
        try (Harness.Application locked = harness()
                .deploy(
                        "locked",
                        Archives.SECOND,
                        Map.of("config_ordinal", "500", "goose.brokers", "main", "goose.broker.main.url", address))) {
            Harness.await(
                    "the broker's refusal is logged",
                    () -> harness().server().log().since(before).contains("WRONGPASS"));
        }

        String proof = harness().key();
        harness().post("/probe/api/watched/leak/" + proof);
        Harness.await(
                "the logs are written",
                () -> filesWith("planted-proof-" + proof).size() >= 2);
        assertThat(filesWith("GOOSE-4104: job " + failed))
                .as("what is said of a failure")
                .hasSizeGreaterThan(1);
        assertThat(filesWith("GOOSE-4105: job " + died))
                .as("what is said of a death")
                .hasSizeGreaterThan(1);
        assertThat(logs().map(file -> textBehind(read(file), "GOOSE-4104: job " + failed)))
                .as("where an argument was")
                .anyMatch(text -> text.contains("cannot charge ***"));
        assertThat(filesWith(PASSWORD)).isEmpty();
        assertThat(filesWith(WRONG)).isEmpty();
        ARGUMENTS.forEach(argument -> assertThat(filesWith(argument)).isEmpty());
    }

    /** The logs with this text. */
    private List<Path> filesWith(String text) {
        return logs().filter(file -> read(file).contains(text)).toList();
    }

    private Stream<Path> logs() {
        try {
            return Servers.files(harness().directory()).stream().filter(SecretTests::isLog);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The message and the beginning of the throwable, which some servers put into a line of its own; empty without them. */
    private static String textBehind(String log, String message) {
        int at = log.indexOf(message);
        return at < 0 ? "" : log.substring(at, Math.min(log.length(), at + ONE_MESSAGE));
    }

    /** First failure data capture is Open Liberty's. */
    private static boolean isLog(Path file) {
        return file.toString().endsWith(".log") || file.toString().contains("ffdc");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
