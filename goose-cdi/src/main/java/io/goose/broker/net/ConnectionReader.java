package io.goose.broker.net;

import io.goose.spi.BrokerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads and checks how a server is reached. Collects all mistakes, none with a credential; used once, by one thread. */
public final class ConnectionReader {

    private static final Pattern UP_TO_HOST = Pattern.compile("^[^/]*//[^/?#]*");
    private static final Duration LEAST = Duration.ofMillis(10);

    private final BrokerSettings source;
    private final Product product;
    private final List<String> problems = new ArrayList<>();

    /** A reader of the properties of a broker of this product. */
    public ConnectionReader(BrokerSettings source, Product product) {
        this.source = source;
        this.product = product;
    }

    /**
     * What is to be reached.
     *
     * @param name for people
     * @param scheme of a URL, in lower case
     * @param secureScheme of a URL with TLS
     */
    public record Product(String name, String scheme, String secureScheme) {}

    /** A server. */
    public record Host(String name, int port) {

        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /** Who logs in; null where nothing is said. */
    public record Login(@Nullable String username, @Nullable String password) {

        @Override
        public String toString() {
            return "Login";
        }
    }

    /** What is wrong so far. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Whether nothing is wrong so far. */
    public boolean isGood() {
        return problems.isEmpty();
    }

    /** Adds a mistake that is about more than a value. */
    public void problem(String text) {
        problems.add(text);
    }

    /** Adds a value that cannot be used. */
    public void problem(String code, String key, String value, String mend) {
        problems.add(code + ": " + source.keyName(key) + "='" + value + "' cannot be used; " + mend);
    }

    /** The value of {@code url}; null if there is none or it is wrong. */
    public @Nullable URI url() {
        Optional<String> text = source.get("url");
        if (text.isEmpty()) {
            return null;
        }
        String shown = product.scheme() + "://host:port";
        try {
            URI url = new URI(text.get());
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals(product.scheme()) && !scheme.equals(product.secureScheme())) {
                problem("GOOSE-3021: " + source.keyName("url") + " begins with '" + scheme + "://'; " + product.name()
                        + " is reached by " + shown + " or " + product.secureScheme() + "://host:port");
                return null;
            }
            if (UP_TO_HOST.matcher(text.get()).replaceFirst("").contains("@")) {
                problem("GOOSE-3021: " + source.keyName("url")
                        + " has an @ behind what reads as its host; put credentials into "
                        + source.keyName("username") + " and " + source.keyName("password"));
                return null;
            }
            if (url.getHost() == null) {
                problem("GOOSE-3021: " + source.keyName("url") + " names no host that can be read; write " + shown
                        + ", several hosts go to " + source.keyName("nodes"));
                return null;
            }
            return url;
        } catch (URISyntaxException wrong) { // its message holds the whole text, which may hold a password
            problem("GOOSE-3021: " + source.keyName("url") + " is no URL: " + wrong.getReason() + " at position "
                    + wrong.getIndex() + "; write " + shown + " and put credentials into " + source.keyName("username")
                    + " and " + source.keyName("password"));
            return null;
        }
    }

    /** The servers that {@code nodes} names, or else {@code url}. */
    public List<Host> hosts(@Nullable URI url, int defaultPort) {
        Optional<String> text = source.get("nodes");
        if (text.isEmpty()) {
            if (url == null && source.get("url").isEmpty()) {
                problem("GOOSE-3022: broker '" + source.name() + "' says nowhere where its " + product.name()
                        + " is; set " + source.keyName("url") + "=" + product.scheme() + "://host:port or "
                        + source.keyName("nodes") + "=host:port,…");
            }
            return url == null
                    ? List.of()
                    : List.of(new Host(url.getHost(), url.getPort() < 0 ? defaultPort : url.getPort()));
        }
        if (text.get().contains("@")) {
            problem(
                    "GOOSE-3023",
                    "nodes",
                    "***" + text.get().substring(text.get().lastIndexOf('@')),
                    "each node is host or host:port; put credentials into " + source.keyName("username") + " and "
                            + source.keyName("password"));
            return List.of();
        }
        List<String> written = Stream.of(text.get().split(","))
                .map(String::trim)
                .filter(node -> !node.isEmpty())
                .toList();
        if (written.isEmpty()) {
            problem("GOOSE-3023", "nodes", text.get(), "it has no node; write host:port,…");
        }
        return written.stream()
                .map(node -> host(node, defaultPort))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Host> host(String text, int defaultPort) {
        try {
            URI parsed = new URI(product.scheme() + "://" + text);
            if (parsed.getHost() != null && parsed.getPath().isEmpty()) {
                return Optional.of(new Host(parsed.getHost(), parsed.getPort() < 0 ? defaultPort : parsed.getPort()));
            }
        } catch (URISyntaxException wrong) {
            // falls through to the same complaint
        }
        problem("GOOSE-3023", "nodes", text, "each node is host or host:port");
        return Optional.empty();
    }

    /** Who logs in, by {@code username} and {@code password} or by the URL. */
    public Login login(@Nullable URI url) {
        return login(url, false);
    }

    /**
     * As {@link #login(URI)}.
     *
     * @param elsewhere whether the password is said in another place, so that a user without one is no mistake
     */
    public Login login(@Nullable URI url, boolean elsewhere) {
        String username = source.get("username").orElse(null);
        String password = source.get("password").orElse(null);
        String info = url == null ? null : url.getRawUserInfo();
        if (info != null && !info.isEmpty()) {
            if (username != null || password != null) {
                problem("GOOSE-3024: " + source.keyName("url") + " holds credentials and so do "
                        + source.keyName("username") + " or " + source.keyName("password") + "; keep the latter");
            }
            int colon = info.indexOf(':');
            username = colon <= 0 ? null : decode(info.substring(0, colon));
            password = decode(info.substring(colon + 1));
        }
        if (username != null && password == null && !elsewhere) {
            problem("GOOSE-3024: " + source.keyName("username") + " is set without " + source.keyName("password")
                    + "; set both");
        }
        return new Login(username, password);
    }

    /** The text that a part of a URL stands for. */
    public static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * Whom to trust; null for a plain connection.
     *
     * @param keys all that the broker knows
     */
    public @Nullable TlsSettings tls(@Nullable URI url, Set<String> keys) {
        boolean wanted = url != null && product.secureScheme().equalsIgnoreCase(url.getScheme());
        Optional<String> stray = keys.stream()
                .filter(key -> key.startsWith("tls.") && source.get(key).isPresent())
                .sorted()
                .findFirst();
        boolean onlyNodes = url == null && source.get("url").isEmpty();
        if (!wanted && !onlyNodes && stray.isPresent()) {
            problem("GOOSE-3026: " + source.keyName(stray.get()) + " is set, but " + source.keyName("url")
                    + " begins with " + product.scheme() + "://; write " + product.secureScheme() + ":// or remove it");
        }
        if (!wanted && !(onlyNodes && stray.isPresent())) {
            return null;
        }
        checkStore("truststore");
        checkStore("keystore");
        String verify = source.get("tls.verify-hostname").orElse("true").toLowerCase(Locale.ROOT);
        if (!verify.equals("true") && !verify.equals("false")) {
            problem("GOOSE-3026", "tls.verify-hostname", verify, "set it to true or false");
        }
        try {
            return TlsSettings.load(store("truststore"), store("keystore"), !verify.equals("false"));
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            problem("GOOSE-3026: cannot read "
                    + source.get("tls.truststore")
                            .map(file -> "'" + file + "' of " + source.keyName("tls.truststore"))
                            .orElse("the JVM's trust store")
                    + source.get("tls.keystore")
                            .map(file -> " or '" + file + "' of " + source.keyName("tls.keystore"))
                            .orElse("")
                    + ": " + unreadable + "; check the file, its type and its password");
            return null;
        }
    }

    private void checkStore(String kind) {
        String file = "tls." + kind;
        Stream.of(file + "-password", file + "-type")
                .filter(key -> source.get(key).isPresent() && source.get(file).isEmpty())
                .findFirst()
                .ifPresent(key -> problem("GOOSE-3026: " + source.keyName(key) + " is set without "
                        + source.keyName(file) + "; set both or remove it"));
    }

    private TlsSettings.@Nullable Store store(String kind) {
        return source.get("tls." + kind)
                .map(file -> new TlsSettings.Store(
                        Path.of(file),
                        source.get("tls." + kind + "-password").orElse(null),
                        source.get("tls." + kind + "-type").orElse("PKCS12")))
                .orElse(null);
    }

    /** A number of at most four digits. */
    public int number(String code, String key, int standard, int least) {
        String text = source.get(key).orElse(Integer.toString(standard));
        if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= least) {
            return Integer.parseInt(text);
        }
        problem(code, key, text, "set it to a number from " + least + " to 9999");
        return standard;
    }

    /** A duration of at least 10 ms. */
    public Duration duration(String key, String standard, Duration most) {
        String text = source.get(key).orElse(standard);
        try {
            Duration value = Duration.parse(text);
            if (value.compareTo(LEAST) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
        } catch (DateTimeParseException wrong) {
            // falls through to the same complaint
        }
        problem("GOOSE-3028", key, text, "set it to a duration from PT0.01S to " + most + ", such as " + standard);
        return Duration.parse(standard);
    }
}
