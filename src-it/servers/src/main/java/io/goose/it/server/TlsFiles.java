package io.goose.it.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A throwaway certificate authority with one server key (for 127.0.0.1 and localhost, if nothing else is said) and one client
 * key, valid for two days, in the two forms that are needed: PEM for servers, PKCS12 for Java. Made with the JDK's keytool,
 * since that is the one tool every machine that builds has.
 *
 * @param authority the authority's certificate, PEM
 * @param serverCertificate the server's certificate, PEM
 * @param serverKey the server's private key, PEM (PKCS8)
 * @param trustStore PKCS12 with the authority's certificate
 * @param clientKeyStore PKCS12 with the client's key and certificate
 * @param password of both stores and of the key
 */
public record TlsFiles(
        Path authority, Path serverCertificate, Path serverKey, Path trustStore, Path clientKeyStore, String password) {

    private static final String PASSWORD = "throwaway";
    private static final String TYPE = "PKCS12";

    /** Makes a new authority and its keys in a new directory. Takes a second or two. */
    public static TlsFiles create() {
        return createFor("ip:127.0.0.1,dns:localhost");
    }

    /**
     * As {@link #create}, with a server key for other names.
     *
     * @param names as keytool takes them for {@code san}, for example {@code dns:elsewhere.example}
     */
    public static TlsFiles createFor(String names) {
        Path directory = WorkDirectory.fresh("tls");
        Path all = directory.resolve("all.p12");
        generate(all, "authority", "-ext", "bc:c", "-ext", "ku=keyCertSign,cRLSign");
        generate(all, "server", "-signer", "authority", "-ext", "san=" + names, "-ext", "eku=serverAuth");
        generate(all, "client", "-signer", "authority", "-ext", "eku=clientAuth");
        TlsFiles files = new TlsFiles(
                directory.resolve("ca.crt"),
                directory.resolve("server.crt"),
                directory.resolve("server.key"),
                directory.resolve("truststore.p12"),
                directory.resolve("client.p12"),
                PASSWORD);
        try {
            files.split(load(all, PASSWORD));
            return files;
        } catch (GeneralSecurityException | IOException e) {
            throw new ServerUnavailableException("cannot write the keys in " + directory, e);
        }
    }

    private static void generate(Path store, String alias, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-alias", alias, "-dname", "CN=goose test " + alias, "-validity", "2"));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", TYPE, "-storepass", PASSWORD));
        command.addAll(List.of(more));
        Commands.Result result = Commands.run(command.toArray(String[]::new));
        if (!result.succeeded()) {
            throw new ServerUnavailableException("keytool cannot make the key '" + alias + "': " + result.output());
        }
    }

    private void split(KeyStore all) throws GeneralSecurityException, IOException {
        Certificate root = all.getCertificate("authority");
        Key server = all.getKey("server", PASSWORD.toCharArray());
        Files.writeString(authority, pem("CERTIFICATE", root.getEncoded()));
        Files.writeString(
                serverCertificate,
                pem("CERTIFICATE", all.getCertificate("server").getEncoded()));
        Files.writeString(serverKey, pem("PRIVATE KEY", server.getEncoded()));

        KeyStore trust = empty();
        trust.setCertificateEntry("authority", root);
        store(trust, trustStore);

        KeyStore client = empty();
        client.setKeyEntry(
                "client",
                all.getKey("client", PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain("client"));
        store(client, clientKeyStore);
    }

    /** A context that trusts the authority and shows the client's certificate. */
    public SSLContext clientContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trustStore, password));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(clientKeyStore, password), password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ServerUnavailableException("cannot read the keys beside " + trustStore, e);
        }
    }

    /** Copies what a Redis server needs into its {@code home}, and gives the lines that make it use that on {@code port}. */
    List<String> install(Path home, String seenAs, int port) {
        copyTo(home);
        return List.of(
                "port 0",
                "tls-port " + port,
                RedisConfiguration.line("tls-cert-file", seenAs + "/" + serverCertificate.getFileName()),
                RedisConfiguration.line("tls-key-file", seenAs + "/" + serverKey.getFileName()),
                RedisConfiguration.line("tls-ca-cert-file", seenAs + "/" + authority.getFileName()),
                "tls-auth-clients optional",
                "tls-replication yes",
                "tls-cluster yes");
    }

    /** Copies what a RabbitMQ node shows into its {@code home}, and gives the lines that make it use that on {@code port}, too. */
    List<String> installForRabbit(Path home, int port) {
        copyTo(home);
        return List.of(
                "listeners.ssl.1 = " + LocalServer.HOST + ":" + port,
                "ssl_options.cacertfile = " + home.resolve(authority.getFileName()),
                "ssl_options.certfile = " + home.resolve(serverCertificate.getFileName()),
                "ssl_options.keyfile = " + home.resolve(serverKey.getFileName()),
                "ssl_options.verify = verify_none");
    }

    /** Copies what a server shows into a directory, also over what others have left there. */
    void copyTo(Path directory) {
        try {
            for (Path file : List.of(authority, serverCertificate, serverKey)) {
                Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(TYPE);
        store.load(null, null);
        return store;
    }

    private static KeyStore load(Path file, String password) throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(file.toFile(), password.toCharArray());
    }

    private static void store(KeyStore store, Path file) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }
}
