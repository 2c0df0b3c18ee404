package io.goose.broker.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom to trust and what to show in a TLS handshake. Immutable. */
public final class TlsSettings {

    private final SSLSocketFactory factory;
    private final boolean verifyHostname;

    private TlsSettings(SSLSocketFactory factory, boolean verifyHostname) {
        this.factory = factory;
        this.verifyHostname = verifyHostname;
    }

    /**
     * A file with keys or certificates.
     *
     * @param password null for none
     * @param type as {@link KeyStore#getInstance(String)} takes it
     */
    public record Store(Path file, @Nullable String password, String type) {

        private KeyStore load() throws IOException, GeneralSecurityException {
            KeyStore store = KeyStore.getInstance(type);
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, password == null ? null : password.toCharArray());
            }
            return store;
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /**
     * Reads the stores.
     *
     * @param trust null for what the JVM trusts
     * @param keys null to show no certificate
     */
    public static TlsSettings load(@Nullable Store trust, @Nullable Store keys, boolean verifyHostname)
            throws IOException, GeneralSecurityException {
        TrustManager @Nullable [] trusted = null;
        if (trust != null) {
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trust.load());
            trusted = managers.getTrustManagers();
        }
        KeyManager @Nullable [] shown = null;
        if (keys != null) {
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(
                    keys.load(),
                    keys.password() == null ? null : keys.password().toCharArray());
            shown = managers.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown, trusted, null);
        return new TlsSettings(context.getSocketFactory(), verifyHostname);
    }

    /** Makes the sockets. */
    public SSLSocketFactory socketFactory() {
        return factory;
    }

    /** What each of them must be given before its handshake. */
    public SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters();
        if (verifyHostname) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        return parameters;
    }
}
